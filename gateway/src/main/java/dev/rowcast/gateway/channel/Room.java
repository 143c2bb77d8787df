package dev.rowcast.gateway.channel;

import java.util.ArrayList;
import java.util.List;

/// The members of one channel, or of one principal's entity, on one event loop. Order has no meaning, so that joining
/// and leaving cost the same however many there are.
final class Room {

    private final List<Member> members = new ArrayList<>(2);

    List<Member> members() {
        return members;
    }

    void add(Member member) {
        member.index = members.size();
        members.add(member);
    }

    /// @return whether the room is empty now
    boolean remove(Member member) {
        Member last = members.removeLast();
        if (last != member) {
            members.set(member.index, last);
            last.index = member.index;
        }
        return members.isEmpty();
    }
}
