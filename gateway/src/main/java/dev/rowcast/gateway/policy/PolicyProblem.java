package dev.rowcast.gateway.policy;

/// One thing wrong with a file of policies.
///
/// @param file as it was named
/// @param line from 1; 0 where the problem is the file as a whole
/// @param key the path of keys, for instance `policies.run.by`; empty at the top
/// @param message what is wrong, with the value
/// @param fix what to do about it
public record PolicyProblem(String file, int line, String key, PolicyCode code, String message, String fix) {

    /// One line for people.
    @Override
    public String toString() {
        String place = line == 0 ? file : file + ":" + line;
        String subject = key.isEmpty() ? "" : key + ": ";
        return place + ": " + subject + message + "; " + fix + " [" + code.label() + "]";
    }
}
