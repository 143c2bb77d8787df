package dev.rowcast.standalone.cli;

import dev.rowcast.standalone.stack.Addresses;
import java.nio.file.Path;
import java.util.Optional;
import picocli.CommandLine.Option;

/// Where Rowcast is installed and where it keeps its data; an option that every verb has.
final class Home {

    @Option(
            names = "--data",
            paramLabel = "DIR",
            description = "Data folder (default: .rowcast beside the rowcast script).")
    private Optional<Path> data = Optional.empty();

    /// The folder of the installation.
    Path folder() {
        return Path.of(System.getProperty("rowcast.home", ".")).toAbsolutePath().normalize();
    }

    Path data() {
        return data.orElseGet(() -> folder().resolve(".rowcast"))
                .toAbsolutePath()
                .normalize();
    }

    /// Where the running `up` has everything.
    Addresses addresses() {
        return Addresses.load(data());
    }

    /// The catalog that `up` uses by default.
    Path exampleCatalog() {
        return folder().resolve("examples/vaults/rowcast.yaml");
    }
}
