package dev.rowcast.schemas.catalog;

/// Where a row's tenant comes from.
public sealed interface Tenancy {

    /// Every captured table, members tables included, has this column, and a row belongs to the tenant it holds.
    record Column(String name) implements Tenancy {
        /// @throws IllegalArgumentException when the name is no Postgres name
        public Column {
            Names.IDENTIFIER.check(name);
        }
    }

    /// There is one tenant, and every row is its.
    record Constant(String tenant) implements Tenancy {
        /// @throws IllegalArgumentException when the tenant is not 1 to 63 letters, digits, `_` and `-`
        public Constant {
            Names.TENANT.check(tenant);
        }
    }
}
