package dev.rowcast.streams.route;

import dev.rowcast.schemas.avro.ResetReason;
import dev.rowcast.schemas.avro.RowChange;
import dev.rowcast.schemas.avro.Transaction;
import dev.rowcast.schemas.catalog.TableRule;
import dev.rowcast.schemas.protocol.ServerMessage;
import java.util.Optional;
import java.util.Set;

/// What a change means by the catalog.
public sealed interface Routed {

    /// Nobody is told.
    record Silent() implements Routed {}

    /// Something that subscribers are told.
    sealed interface Told extends Routed {

        Audience audience();

        /// The entity that changed, `code:id`; empty in an event.
        Optional<String> entity();

        /// The database transaction that it is part of; empty where it came from no database.
        Optional<Transaction> transaction();
    }

    /// A row of an entity table changed.
    record Row(TableRule rule, RowChange change, Audience audience, Optional<String> entity) implements Told {
        @Override
        public Optional<Transaction> transaction() {
            return Optional.of(change.getTx());
        }
    }

    /// An event happened: a row of an event table, or one that an application published.
    record Event(
            ServerMessage.Content content,
            long lsn,
            long happenedUs,
            Audience audience,
            Optional<Transaction> transaction)
            implements Told {
        @Override
        public Optional<String> entity() {
            return Optional.empty();
        }
    }

    /// More changed than can be told apart: whoever watches what it touches must refetch.
    ///
    /// @param channelTypes the types of the channels touched
    /// @param entityCode the entities touched
    /// @param everything it may have touched anything of the tenant
    /// @param reason what clients are told
    record Cut(Set<String> channelTypes, Optional<String> entityCode, boolean everything, ResetReason reason)
            implements Routed {

        /// A record was lost, and may have been about anything that the tenant has.
        public static Cut throughEverything() {
            return new Cut(Set.of(), Optional.empty(), true, ResetReason.SCHEMA);
        }

        /// @param type of the channel, such as `vault`
        public boolean touchesChannels(String type) {
            return everything || channelTypes.contains(type);
        }

        /// @param code of the entity, such as `source`
        public boolean touchesEntities(String code) {
            return everything || entityCode.filter(code::equals).isPresent();
        }
    }
}
