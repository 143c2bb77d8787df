package dev.rowcast.embedded;

import java.io.BufferedInputStream;
import java.io.FileNotFoundException;
import java.io.IOException;
import java.io.InputStream;
import java.net.URL;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermission;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.EnumSet;
import java.util.Set;
import org.apache.commons.compress.archivers.tar.TarArchiveEntry;
import org.apache.commons.compress.archivers.tar.TarArchiveInputStream;
import org.tukaani.xz.XZInputStream;

/// The server programs, unpacked from their jars once for each version.
final class Programs {
    private static final Set<PosixFilePermission> EXECUTABLE = PosixFilePermissions.fromString("rwxr-xr-x");
    private static final int OWNER_MAY_EXECUTE = 0100;

    private Programs() {}

    /// The folder with Postgres' `bin`, `lib` and `share`.
    static Path postgres(Path binaries, Platform platform) {
        Path home = binaries.resolve(versioned(platform.postgresArchive));
        Folders.createWhole(home, draft -> {
            try (var archive = open(platform.postgresArchive)) {
                untar(new XZInputStream(new BufferedInputStream(archive)), draft);
            }
        });
        return home;
    }

    /// The Redis server.
    static Path redis(Path binaries, Platform platform) {
        Path home = binaries.resolve(platform.redisProgram);
        Folders.createWhole(home, draft -> {
            try (var program = open(platform.redisProgram)) {
                Path file = draft.resolve("redis-server");
                Files.copy(program, file);
                Files.setPosixFilePermissions(file, EXECUTABLE);
            }
        });
        return home.resolve("redis-server");
    }

    /// The archive has the same name in every version; its size tells them apart.
    private static String versioned(String archive) {
        try {
            URL url = Programs.class.getClassLoader().getResource(archive);
            if (url == null) {
                throw new FileNotFoundException("no " + archive + " on the class path");
            }
            long size = url.openConnection().getContentLengthLong();
            return archive.replace(".txz", "-" + size);
        } catch (IOException e) {
            throw Folders.unusable(Path.of(archive), e);
        }
    }

    private static InputStream open(String resource) throws IOException {
        InputStream stream = Programs.class.getClassLoader().getResourceAsStream(resource);
        if (stream == null) {
            throw new FileNotFoundException("no " + resource + " on the class path");
        }
        return stream;
    }

    private static void untar(InputStream stream, Path folder) throws IOException {
        try (var tar = new TarArchiveInputStream(stream)) {
            for (TarArchiveEntry entry = tar.getNextEntry(); entry != null; entry = tar.getNextEntry()) {
                Path target = folder.resolve(entry.getName()).normalize();
                if (!target.startsWith(folder)) {
                    throw new IOException("entry outside of the folder: " + entry.getName());
                }
                if (entry.isDirectory()) {
                    Files.createDirectories(target);
                    continue;
                }
                Files.createDirectories(target.getParent());
                if (entry.isSymbolicLink()) {
                    Files.createSymbolicLink(target, Path.of(entry.getLinkName()));
                } else {
                    Files.copy(tar, target);
                    if ((entry.getMode() & OWNER_MAY_EXECUTE) != 0) {
                        Files.setPosixFilePermissions(target, EnumSet.copyOf(EXECUTABLE));
                    }
                }
            }
        }
    }
}
