package dev.rowcast.streams.route;

import dev.rowcast.schemas.avro.ResetReason;
import dev.rowcast.schemas.avro.RowChange;
import dev.rowcast.schemas.avro.Transaction;
import dev.rowcast.schemas.catalog.TableRule;
import dev.rowcast.schemas.protocol.ServerMessage;
import java.util.List;
import java.util.Optional;
import java.util.Set;

/// What a change means by the catalog.
public sealed interface Routed {

    /// What it means in detail, in the order in which it is told. Most changes mean one thing.
    default List<Routed> parts() {
        return List.of(this);
    }

    /// Nobody is told.
    record Silent() implements Routed {}

    /// Something that subscribers are told.
    sealed interface Told extends Routed {

        Audience audience();

        /// The entity that changed, `code:id`; empty in an event.
        Optional<String> entity();

        /// The database transaction that it is part of; empty where it came from no database.
        Optional<Transaction> transaction();

        /// Where the change is in the database's log; 0 where it came from no database.
        long lsn();

        /// When it happened, microseconds since 1970.
        long happenedUs();

        /// The row before and after, for filters; empty in what is no row, which passes none.
        Optional<Images> images();
    }

    /// A row of an entity table changed.
    record Row(TableRule rule, RowChange change, Audience audience, Optional<String> entity) implements Told {
        @Override
        public Optional<Transaction> transaction() {
            return Optional.of(change.getTx());
        }

        @Override
        public long lsn() {
            return change.getLsn();
        }

        @Override
        public long happenedUs() {
            return change.getTx().getCommitUs();
        }

        @Override
        public Optional<Images> images() {
            return Optional.of(Images.of(rule, change));
        }
    }

    /// A row got another audience without changing itself, because its parent changed.
    ///
    /// @param rule of the row's table
    /// @param key of the row
    /// @param cause the parent's change
    record Moved(TableRule rule, String key, RowChange cause, Audience audience) implements Told {
        @Override
        public Optional<String> entity() {
            return rule.entity().map(code -> code + ":" + key);
        }

        @Override
        public Optional<Transaction> transaction() {
            return Optional.of(cause.getTx());
        }

        @Override
        public long lsn() {
            return cause.getLsn();
        }

        @Override
        public long happenedUs() {
            return cause.getTx().getCommitUs();
        }

        @Override
        public Optional<Images> images() {
            return Optional.of(Images.ofUntold(rule));
        }
    }

    /// A change that means several things, such as that of a row with children.
    record Several(List<Routed> parts) implements Routed {
        public Several {
            parts = List.copyOf(parts);
        }
    }

    /// An event happened: a row of an event table, or one that an application published.
    ///
    /// @param publisherId the publisher's own id of it; empty in a row's
    /// @param inserted the row that it is; empty for one that was published
    /// @param happens whether it is here that direct consumers are told of it, and in no other shard of the tenant
    record Event(
            ServerMessage.Content content,
            Optional<String> publisherId,
            long lsn,
            long happenedUs,
            Audience audience,
            Optional<Transaction> transaction,
            Optional<Inserted> inserted,
            boolean happens)
            implements Told {
        /// One that happens here.
        public Event(
                ServerMessage.Content content,
                Optional<String> publisherId,
                long lsn,
                long happenedUs,
                Audience audience,
                Optional<Transaction> transaction,
                Optional<Inserted> inserted) {
            this(content, publisherId, lsn, happenedUs, audience, transaction, inserted, true);
        }

        @Override
        public Optional<String> entity() {
            return Optional.empty();
        }

        @Override
        public Optional<Images> images() {
            return inserted.map(row -> Images.of(row.rule(), row.change()));
        }
    }

    /// The row of an event table.
    record Inserted(TableRule rule, RowChange change) {}

    /// More changed than can be told apart: whoever watches what it touches must refetch.
    ///
    /// @param channelTypes the types of the channels touched
    /// @param channels further channels touched
    /// @param entityCodes the kinds of entities touched
    /// @param everything it may have touched anything of the tenant
    /// @param reason what clients are told
    record Cut(
            Set<String> channelTypes,
            Set<String> channels,
            Set<String> entityCodes,
            boolean everything,
            ResetReason reason)
            implements Routed {

        /// A record was lost, and may have been about anything that the tenant has.
        public static Cut throughEverything() {
            return new Cut(Set.of(), Set.of(), Set.of(), true, ResetReason.SCHEMA);
        }

        /// @param name of the channel, such as `vault:42`
        public boolean touchesChannel(String name) {
            return everything || channels.contains(name) || channelTypes.contains(head(name));
        }

        /// @param name of the entity, such as `source:77`
        public boolean touchesEntity(String name) {
            return everything || entityCodes.contains(head(name));
        }

        private static String head(String name) {
            return name.substring(0, name.indexOf(':'));
        }
    }
}
