/// Files that people write: the plain part of YAML, read key by key, so that everything that is wrong is said at once,
/// with its line. Start at [dev.rowcast.schemas.yaml.YamlValue#read].
@NullMarked
package dev.rowcast.schemas.yaml;

import org.jspecify.annotations.NullMarked;
