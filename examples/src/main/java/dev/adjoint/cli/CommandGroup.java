package dev.adjoint.cli;

import java.util.Arrays;
import java.util.List;
import picocli.CommandLine;
import picocli.CommandLine.Command;

/** A command with subcommands. */
interface CommandGroup {
    /** The classes of the subcommands. */
    List<Class<?>> commands();

    /**
     * Returns the group as a picocli command. If the first word names a subcommand, only this one is added: reading the annotations of
     * all of them takes a quarter of a second, which would delay the start of the program.
     */
    default CommandLine toCommandLine(String... words) {
        CommandLine line = new CommandLine(this);
        List<Class<?>> called = commands().stream()
                .filter(command -> words.length > 0 && name(command).equals(words[0]))
                .toList();
        String[] rest = called.isEmpty() ? new String[0] : Arrays.copyOfRange(words, 1, words.length);
        for (Class<?> command : called.isEmpty() ? commands() : called) {
            Object instance = instance(command);
            line.addSubcommand(instance instanceof CommandGroup group ? group.toCommandLine(rest) : instance);
        }
        return line;
    }

    private static String name(Class<?> command) {
        return command.getAnnotation(Command.class).name();
    }

    private static Object instance(Class<?> command) {
        try {
            return CommandLine.defaultFactory().create(command);
        } catch (Exception e) {
            throw new IllegalStateException(command + " has no no-argument constructor", e);
        }
    }
}
