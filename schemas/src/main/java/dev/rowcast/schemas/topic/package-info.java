/// Every Kafka topic, named once, with all that its producers, consumers, administrators and docs need to know of it.
@NullMarked
package dev.rowcast.schemas.topic;

import org.jspecify.annotations.NullMarked;
