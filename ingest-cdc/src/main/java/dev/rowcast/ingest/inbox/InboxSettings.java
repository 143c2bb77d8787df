package dev.rowcast.ingest.inbox;

import dev.rowcast.ingest.publish.KafkaSettings;
import dev.rowcast.schemas.catalog.Catalog;
import dev.rowcast.schemas.position.Epoch;
import dev.rowcast.schemas.registry.RegistryClient;
import java.time.InstantSource;

/// What the inbox needs to know of the run that it is part of.
///
/// @param registry the run's, so that both know the same schemas
/// @param catalog says which events there may be
/// @param epoch of the log that events are appended to
/// @param changesPartitions how many `rowcast.changes` really has
/// @param clock ours
public record InboxSettings(
        KafkaSettings kafka,
        RegistryClient registry,
        Catalog catalog,
        Epoch epoch,
        int changesPartitions,
        InstantSource clock) {}
