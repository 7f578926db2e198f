package dev.adjoint.train;

import java.util.AbstractList;
import java.util.List;

/** The results of a run, one {@link Callback.Epoch} for each epoch. The list cannot be changed. */
public final class History extends AbstractList<Callback.Epoch> {
    private final List<Callback.Epoch> epochs;
    private final boolean interrupted;

    History(List<Callback.Epoch> epochs, boolean interrupted) {
        this.epochs = List.copyOf(epochs);
        this.interrupted = interrupted;
    }

    @Override
    public Callback.Epoch get(int index) {
        return epochs.get(index);
    }

    @Override
    public int size() {
        return epochs.size();
    }

    /**
     * Whether the run was interrupted by Ctrl-C before its end, see {@link Trainer#resume}.
     *
     * @return false if it reached its end
     */
    public boolean isInterrupted() {
        return interrupted;
    }
}
