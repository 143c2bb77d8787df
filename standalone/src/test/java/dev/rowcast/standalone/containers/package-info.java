/// What the tests need to know of the containers: the compose file, the image file, and the parts in containers.
@NullMarked
package dev.rowcast.standalone.containers;

import org.jspecify.annotations.NullMarked;
