package dev.rowcast.schemas.catalog;

import dev.rowcast.schemas.tenant.TenantId;
import java.util.List;
import java.util.Optional;

/// A row of Rowcast's own that changes now and then and is read through caches, to see for ever that no answer is older
/// than it may be. It is a row of `rowcast.heartbeat`, so every publication has it and no catalog names it: capture
/// rewrites it, and it is evicted by a rule like that of any other row.
public final class Canary {

    public static final TableName TABLE = new TableName("rowcast", "heartbeat");

    /// Of the row; the capture process' own is 1.
    public static final int ID = 2;

    /// Whose it is in `rowcast.changes` and in caches.
    public static final TenantId TENANT = new TenantId("rowcast");

    /// Of what is cached of it.
    public static final String TAG = "rowcast:canary:" + ID;

    /// As a catalog would say it.
    public static final TableRule RULE = new TableRule(
            TABLE,
            Optional.empty(),
            List.of(),
            Optional.empty(),
            List.of(),
            List.of(Template.of("rowcast:canary:{id}")),
            Optional.empty(),
            false,
            Optional.empty());

    private Canary() {}
}
