/// The catalog: the one file a user writes, `rowcast.yaml`, which maps tables to entities, channels, payload
/// and cache tags.
///
/// Start at [Catalog][dev.rowcast.schemas.catalog.Catalog]: it reads the file and is the records everybody else works
/// with. [CatalogCheck][dev.rowcast.schemas.catalog.CatalogCheck] holds a catalog against a database. Every key of
/// the file and every code is described in `docs/reference/catalog.md`.
@NullMarked
package dev.rowcast.schemas.catalog;

import org.jspecify.annotations.NullMarked;
