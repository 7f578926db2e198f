package dev.adjoint.autograd.internal.io;

import java.io.FileNotFoundException;
import java.io.IOException;
import java.nio.charset.CharacterCodingException;
import java.nio.file.AccessDeniedException;
import java.nio.file.DirectoryNotEmptyException;
import java.nio.file.FileAlreadyExistsException;
import java.nio.file.FileSystemException;
import java.nio.file.NoSuchFileException;
import java.nio.file.NotDirectoryException;
import java.util.Locale;

/** Explains why a file could not be read or written, and what helps: Java's exceptions often contain only the name of the file. */
public final class IoErrorMessage {
    /** The largest number of characters of an excerpt. */
    private static final int LONGEST = 120;

    private IoErrorMessage() {}

    /**
     * The reason for an I/O exception, in words.
     *
     * @param e the exception that was thrown while reading or writing
     * @return such as "no such file or folder; check the name"
     */
    public static String of(IOException e) {
        if (e instanceof NoSuchFileException || e instanceof FileNotFoundException) {
            return "no such file or folder; check the name";
        }
        if (e instanceof AccessDeniedException)
            return "permission denied; choose another place, or change the permissions";
        if (e instanceof FileAlreadyExistsException || e instanceof NotDirectoryException) {
            return "a file exists where a folder is needed; choose another name; choose another name";
        }
        if (e instanceof DirectoryNotEmptyException) return "the folder is not empty; choose another name";
        if (e instanceof CharacterCodingException) return "it is not encoded in UTF-8; save it as UTF-8";
        String reason = e instanceof FileSystemException f && f.getReason() != null ? f.getReason() : e.getMessage();
        String text = reason == null || reason.isBlank() ? e.getClass().getSimpleName() : excerpt(reason);
        String lower = text.toLowerCase(Locale.ROOT);
        if (lower.contains("no space left") || lower.contains("quota")) return text + "; free some space";
        if (lower.contains("is a directory")) return "it is a folder; name a file";
        if (lower.contains("not a directory")) return "a file stands in the place of a folder; choose another name";
        if (lower.contains("read-only")) return text + "; choose another place";
        if (lower.contains("name too long")) return text + "; choose a shorter name";
        return text;
    }

    /** The first line of a text from a file or a library, truncated, with unprintable characters replaced. */
    public static String excerpt(String text) {
        String first = String.valueOf(text).lines().findFirst().orElse("").strip();
        String plain = first.replaceAll("\\P{Print}", "?");
        return plain.length() <= LONGEST ? plain : plain.substring(0, LONGEST) + "…";
    }
}
