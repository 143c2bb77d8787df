package dev.rowcast.standalone.doctor;

import dev.rowcast.schemas.database.DatabaseUrl;
import java.nio.file.Path;
import java.util.Optional;

/// What is looked at; what is empty is left out.
///
/// @param catalog the file
/// @param role whose rights are looked at; empty for the one that connects
/// @param kafka host:port, separated by commas
/// @param registry base URL
/// @param redis `redis://` or `rediss://` URL
/// @param gateway base URL
public record Patient(
        Path catalog,
        Optional<DatabaseUrl> database,
        Optional<String> role,
        Optional<String> kafka,
        Optional<String> registry,
        Optional<String> redis,
        Optional<String> gateway) {}
