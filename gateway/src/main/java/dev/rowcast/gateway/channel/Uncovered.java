package dev.rowcast.gateway.channel;

import java.nio.ByteBuffer;
import java.util.ArrayList;
import java.util.Base64;
import java.util.Collection;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Set;

/// The targets that a client asked for or had, and does not have now: it was refused or revoked. Its cursor goes on
/// with the others and says nothing about what happens to these meanwhile. So the cursor names them: whoever resumes
/// one of them with it, and may have it again, is told to refetch it.
///
/// In the cursor's text they follow a dot, as four bytes each of a hash. Two of the same hash cost a refetch, and so
/// does to be more than [#MOST]: then all are meant. The text is not signed. Who changes it misleads itself alone.
public final class Uncovered {

    /// That many are told apart.
    static final int MOST = 32;

    private static final char MARK = '.';
    private static final String ALL = "*";

    /// None for nearly every connection, which then has no set of its own.
    private static final Set<Integer> NONE = Set.of();

    private Set<Integer> hashes = NONE;
    private boolean all;

    /// Those that a client's cursor names.
    public static Uncovered of(String cursor) {
        Uncovered uncovered = new Uncovered();
        int mark = cursor.indexOf(MARK);
        if (mark >= 0) {
            uncovered.read(cursor.substring(mark + 1));
        }
        return uncovered;
    }

    /// The position in a client's cursor.
    public static String position(String cursor) {
        int mark = cursor.indexOf(MARK);
        return mark < 0 ? cursor : cursor.substring(0, mark);
    }

    boolean isEmpty() {
        return hashes.isEmpty() && !all;
    }

    /// Those of the targets that are meant.
    public List<Target> among(Collection<Target> targets) {
        return targets.stream()
                .filter(target -> all || hashes.contains(hash(target)))
                .toList();
    }

    /// The cursor that names them.
    ///
    /// @param position one that names none
    String in(String position) {
        if (isEmpty()) {
            return position;
        }
        if (all) {
            return position + MARK + ALL;
        }
        ByteBuffer bytes = ByteBuffer.allocate(hashes.size() * Integer.BYTES);
        hashes.forEach(bytes::putInt);
        return position + MARK + Base64.getUrlEncoder().withoutPadding().encodeToString(bytes.array());
    }

    void add(Collection<Target> targets) {
        addHashes(targets.stream().map(Uncovered::hash).toList());
    }

    void add(Uncovered others) {
        all |= others.all;
        addHashes(others.hashes);
    }

    private void addHashes(Collection<Integer> more) {
        for (Integer hash : more) {
            if (hashes.isEmpty()) {
                hashes = new LinkedHashSet<>();
            }
            hashes.add(hash);
        }
        limit();
    }

    /// They are had now, or wanted no more.
    void remove(Collection<Target> targets) {
        if (!hashes.isEmpty()) {
            targets.forEach(target -> hashes.remove(hash(target)));
        }
    }

    void clear() {
        all = false;
        hashes = NONE;
    }

    private void limit() {
        all |= hashes.size() > MOST;
        if (all) {
            hashes = NONE;
        }
    }

    private void read(String text) {
        try {
            ByteBuffer bytes = ByteBuffer.wrap(Base64.getUrlDecoder().decode(text));
            List<Integer> named = new ArrayList<>();
            while (bytes.remaining() >= Integer.BYTES) {
                named.add(bytes.getInt());
            }
            all = bytes.hasRemaining();
            addHashes(named);
        } catch (IllegalArgumentException e) {
            all = true;
        }
        limit();
    }

    private static int hash(Target target) {
        return target.text().hashCode();
    }
}
