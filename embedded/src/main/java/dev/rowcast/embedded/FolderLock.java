package dev.rowcast.embedded;

import dev.rowcast.embedded.EmbeddedException.Code;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.channels.FileChannel;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;

/// One living process for each folder. The kernel lets go of the lock when the process dies, however it dies; so a
/// server found running in a folder that could be locked belongs to nobody.
final class FolderLock implements AutoCloseable {
    /// The kernel drops a process's lock when that process closes any handle of the file. So a second attempt in this
    /// JVM must not even open it.
    private static final Set<Path> HELD = ConcurrentHashMap.newKeySet();

    private final Path folder;
    private final FileChannel channel;

    private FolderLock(Path folder, FileChannel channel) {
        this.folder = folder;
        this.channel = channel;
    }

    /// @param folder a real path
    static FolderLock take(Path folder) {
        return tryTake(folder)
                .orElseThrow(() -> new EmbeddedException(
                        Code.FOLDER_IN_USE,
                        "another process has its parts running in " + folder + "; stop it, or choose another folder"));
    }

    static Optional<FolderLock> tryTake(Path folder) {
        if (!HELD.add(folder)) {
            return Optional.empty();
        }
        Optional<FolderLock> taken = Optional.empty();
        try {
            taken = lock(folder);
            return taken;
        } catch (IOException e) {
            throw Folders.unusable(folder, e);
        } finally {
            if (taken.isEmpty()) {
                HELD.remove(folder);
            }
        }
    }

    private static Optional<FolderLock> lock(Path folder) throws IOException {
        var channel = FileChannel.open(folder.resolve("lock"), StandardOpenOption.CREATE, StandardOpenOption.WRITE);
        if (channel.tryLock() == null) {
            channel.close();
            return Optional.empty();
        }
        return Optional.of(new FolderLock(folder, channel));
    }

    @Override
    public void close() {
        if (!channel.isOpen()) {
            return;
        }
        try {
            channel.close();
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        } finally {
            HELD.remove(folder);
        }
    }
}
