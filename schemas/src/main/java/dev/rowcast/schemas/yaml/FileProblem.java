package dev.rowcast.schemas.yaml;

/// One thing wrong with a file.
///
/// @param file the file as it was named to the parser
/// @param line the line it concerns, from 1; 0 where the problem is the file as a whole
/// @param key the path of keys, for instance `tables.public.sources.channels[0]`; empty at the top of the file
/// @param message what is wrong, with the value
/// @param fix what to do about it
public record FileProblem(String file, int line, String key, FileCode code, String message, String fix) {

    /// One line for people: `rowcast.yaml:7: tables.public.sources.delivers: unknown key; did you mean "deliver"?
    /// [CATALOG_UNKNOWN_KEY]`.
    @Override
    public String toString() {
        String place = line == 0 ? file : file + ":" + line;
        String subject = key.isEmpty() ? "" : key + ": ";
        return place + ": " + subject + message + "; " + fix + " [" + code.label() + "]";
    }
}
