package dev.rowcast.embedded;

import dev.rowcast.embedded.EmbeddedException.Code;
import java.io.IOException;
import java.nio.file.FileVisitResult;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.SimpleFileVisitor;
import java.nio.file.StandardCopyOption;
import java.nio.file.attribute.BasicFileAttributes;
import java.util.UUID;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/// Folders that are either absent or complete.
final class Folders {
    @FunctionalInterface
    interface Filler {
        void fill(Path folder) throws Exception;
    }

    private static final Logger log = LoggerFactory.getLogger(Folders.class);

    private static final String DRAFT = ".draft-";

    private Folders() {}

    static Path create(Path folder) {
        try {
            return Files.createDirectories(folder).toRealPath();
        } catch (IOException e) {
            throw unusable(folder, e);
        }
    }

    /// Makes the folder whole or not at all: fills a sibling and renames it. A fill that was cut by a kill is no more
    /// than a leftover with a name of its own; of two that fill at the same time, one wins and both go on.
    static void createWhole(Path folder, Filler filler) {
        if (Files.isDirectory(folder)) {
            return;
        }
        Path draft = folder.resolveSibling(folder.getFileName() + DRAFT + UUID.randomUUID());
        try {
            Files.createDirectories(draft);
            filler.fill(draft);
            Files.move(draft, folder, StandardCopyOption.ATOMIC_MOVE);
        } catch (EmbeddedException e) {
            delete(draft);
            throw e;
        } catch (Exception e) {
            delete(draft);
            boolean anotherWasFirst = Files.isDirectory(folder);
            if (!anotherWasFirst) {
                throw unusable(folder, e);
            }
        }
    }

    /// Deletes the drafts that killed processes left in the folder and those below it. Nobody else may be at work
    /// there.
    static void clearDrafts(Path folder) {
        try (Stream<Path> drafts = Files.find(folder, 2, (path, attributes) -> isDraft(path))) {
            drafts.toList().forEach(Folders::delete);
        } catch (IOException e) {
            throw unusable(folder, e);
        }
    }

    private static boolean isDraft(Path path) {
        return path.getFileName().toString().contains(DRAFT);
    }

    /// Deletes what is there; what cannot be deleted is left.
    static void delete(Path folder) {
        try {
            Files.walkFileTree(folder, new SimpleFileVisitor<>() {
                @Override
                public FileVisitResult visitFile(Path file, BasicFileAttributes attributes) throws IOException {
                    Files.deleteIfExists(file);
                    return FileVisitResult.CONTINUE;
                }

                @Override
                public FileVisitResult visitFileFailed(Path file, IOException e) {
                    return FileVisitResult.CONTINUE;
                }

                @Override
                public FileVisitResult postVisitDirectory(Path dir, @Nullable IOException e) throws IOException {
                    Files.deleteIfExists(dir);
                    return FileVisitResult.CONTINUE;
                }
            });
        } catch (IOException e) {
            log.atWarn().addKeyValue("folder", folder).addKeyValue("error", e).log("Folder not deleted");
        }
    }

    static EmbeddedException unusable(Path folder, Exception e) {
        return new EmbeddedException(
                Code.FOLDER_UNUSABLE,
                "folder " + folder + " cannot be used (" + e + "); choose one you can write to",
                e);
    }
}
