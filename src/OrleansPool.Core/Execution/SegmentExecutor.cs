using OrleansPool.Core.Arenas;
using OrleansPool.Core.Segments;

namespace OrleansPool.Core.Execution;

/// <summary>
/// Runs one segment: one owner at a time, and no lock. A thread that finds the segment idle becomes its owner and runs its input
/// at once, without a thread switch; a thread that finds it busy leaves its input in a bounded inbox and goes on, and the owner
/// carries it out.
/// </summary>
/// <remarks>
/// <para>The owner drains a bounded batch, so that no caller works for others for long; what is left is handed to the host's
/// threads. Zeroing and completions run after ownership is given up: user code never runs inside, never re-enters, never delays
/// the segment.</para>
/// <para>No input is forgotten: a thread enqueues first and then tries to become the owner; the owner gives up ownership first
/// and then looks into the inbox again. One of the two sees the other (there is a full fence between both steps of both). The same
/// goes for a sweep that is wanted.</para>
/// <para>Public for the other assemblies of OrleansPool only: it may change in any version.</para>
/// </remarks>
[EditorBrowsable(EditorBrowsableState.Never)]
public sealed class SegmentExecutor
{
    /// <summary>Most inputs that wait.</summary>
    public const int InboxCapacity = 64;

    /// <summary>Most waiting inputs that one owner carries out before it gives up ownership.</summary>
    public const int BatchCountMax = 32;

    private readonly ISegmentHost _host;
    private readonly BoundedInbox _inbox = new(InboxCapacity);
    private Outbox? _spareOutbox = new();
    private int _owned;
    private Tick _wakeAt = Tick.Never;
    private bool _sweepWanted;
    private int _isFaultTold;

    /// <summary>Makes the executor of a segment.</summary>
    public SegmentExecutor(Segment segment, ISegmentHost host)
    {
        Segment = segment;
        _host = host;
    }

    /// <summary>The segment. Its reading members may be used by any thread; <see cref="Segments.Segment.Step"/> is the executor's.</summary>
    public Segment Segment { get; }

    /// <summary>Carries an input out now, or leaves it for the owner. Any thread.</summary>
    /// <param name="operation">The input; its completion is told only if the outcome is <see cref="ExecutionOutcome.Queued"/>.</param>
    /// <param name="result">The result, if the outcome is <see cref="ExecutionOutcome.Completed"/>.</param>
    public ExecutionOutcome Execute(in Operation operation, out OperationResult result)
    {
        if (!TryOwn())
        {
            result = default;
            if (!_inbox.TryEnqueue(operation)) return ExecutionOutcome.InboxFull;
            Drain();
            return ExecutionOutcome.Queued;
        }

        return RunAsOwner(operation, out result) ? ExecutionOutcome.Completed : ExecutionOutcome.Queued;
    }

    /// <summary>Carries out what waits, unless somebody does already. Any thread.</summary>
    public void Drain()
    {
        if (HasWork && TryOwn()) RunAsOwner(default, out _);
    }

    /// <summary>Ends what has run out, or leaves that to the owner. Any thread.</summary>
    public void Sweep()
    {
        Volatile.Write(ref _sweepWanted, true);
        Interlocked.MemoryBarrier(); // or the owner that gives up now might not see it, and this thread still see the owner
        if (TryOwn()) RunAsOwner(default, out _);
    }

    /// <summary>Walks the segment's state while owning it.</summary>
    /// <returns>False when the segment was busy and nothing was checked.</returns>
    public bool TryCheckIntegrity()
    {
        if (!TryOwn()) return false;
        try
        {
            Segment.CheckIntegrity();
            return true;
        }
        finally
        {
            Release();
            Drain();
        }
    }

    /// <summary>Moves the segment into other memory while owning it: see <see cref="Segments.Segment.TryMove"/>. Readers go on; operations wait for the copy.</summary>
    /// <returns>False when the segment was busy or cannot be moved now.</returns>
    public bool TryMove(ArenaSlice frames, ArenaSlice book)
    {
        if (!TryOwn()) return false;
        try
        {
            return Segment.TryMove(frames, book);
        }
        finally
        {
            Release();
            Drain();
        }
    }

    private bool HasWork => !_inbox.IsEmpty || Volatile.Read(ref _sweepWanted);

    private bool TryOwn() => Volatile.Read(ref _owned) == 0 && Interlocked.CompareExchange(ref _owned, 1, 0) == 0;

    private void Release() => Interlocked.Exchange(ref _owned, 0);

    /// <summary>Runs one input, if it is one, then a batch of waiting ones; gives up ownership; then zeroes and tells.</summary>
    /// <returns>False when the first input's answer comes later.</returns>
    private bool RunAsOwner(in Operation first, out OperationResult result)
    {
        Outbox outbox = Interlocked.Exchange(ref _spareOutbox, null) ?? new Outbox();
        bool isAnswered = true;
        result = default;
        try
        {
            Tick now = _host.Now;
            if (first.Kind != OperationKind.None)
            {
                isAnswered = Segment.Step(first, now, outbox);
                result = outbox.Result;
            }

            for (int i = 0; i < BatchCountMax && _inbox.TryDequeue(out Operation next); i++)
            {
                if (Segment.Step(next, now, outbox)) outbox.Reply(next.Completion, outbox.Result);
            }

            if (Volatile.Read(ref _sweepWanted))
            {
                // The alarm that asked for it is spent, so whatever moment the sweep names is a new one.
                Volatile.Write(ref _sweepWanted, false);
                _wakeAt = Tick.Never;
                Segment.Step(Operation.Plain(OperationKind.Sweep), now, outbox);
            }

            if (Segment.WakeAt != _wakeAt)
            {
                _wakeAt = Segment.WakeAt;
                _host.ScheduleSweep(this, _wakeAt);
            }
        }
        finally
        {
            Release();
        }

        if (Segment.Fault is { } fault && Interlocked.Exchange(ref _isFaultTold, 1) == 0) _host.ReportFault(this, fault);
        Segment.ZeroAll(outbox.Retired);
        foreach (EndedLease ended in outbox.Ended) _host.OnEnded(ended);
        foreach ((IOperationCompletion completion, OperationResult told, _) in outbox.Replies) completion.Complete(told);
        outbox.Clear();
        Volatile.Write(ref _spareOutbox, outbox);
        if (HasWork) _host.ScheduleDrain(this);
        return isAnswered;
    }
}
