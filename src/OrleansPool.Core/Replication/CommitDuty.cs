using OrleansPool.Core.Caching;
using OrleansPool.Core.Segments;
using OrleansPool.Grains;

namespace OrleansPool.Core.Replication;

/// <summary>
/// Rule 2, at the primary: an operation is committed when every required member has the stream up to it, no copy of its blocks may be shown any
/// more (<see cref="Sharing"/>), and every earlier operation on the same blocks is committed. So one slow cache holds up one block, not
/// the stream.
/// </summary>
internal sealed class CommitDuty(Replica replica)
{
    private readonly HashSet<int> _stalledBlocks = [];
    private readonly HashSet<int> _stalledLeases = [];

    private Segment Segment => replica.Segment;

    private OperationLog Log => replica.Segment.Log;

    private Sharing Sharing => replica.Primary.Sharing;

    /// <summary>Commits what may be, and judges what waited for it.</summary>
    public void Elapse(Tick now, Outbox outbox)
    {
        // What was logged while there were enough copies waits for the next one: whoever asked for two is not told that one has it. But the next
        // one begins with the state of one moment: what others have overtaken is caught up with, and its answer comes too late to be given.
        bool tells = replica.HasEnoughCopies;
        ulong last = tells ? Log.Last : replica.Primary.CommitsInOrder ? LastOvertaking() : Log.Committed;
        Tick validUntil = tells ? replica.Standing.Authority.ValidUntil : new Tick(long.MinValue);
        Queue<Operation>? freed;
        do
        {
            freed = null;
            _stalledBlocks.Clear();
            _stalledLeases.Clear();
            for (ulong sequence = Log.Committed + 1; sequence <= last && freed is null; sequence++)
            {
                if (Log[sequence].IsCommitted) continue;
                if (!Mutant.Is(Mutation.ReplyBeforeAllAcks) && !replica.Primary.AllHave(sequence)) break;
                if (IsStalled(Log[sequence])) continue;
                freed = Segment.Stream.Commit(sequence, now, outbox, validUntil);
            }

            Log.AdvanceCommitted();
            while (freed is not null && freed.TryDequeue(out Operation operation) && !Mutant.Is(Mutation.DeferredForgotten)) Judge(operation, now, outbox);
            if (freed is not null) Sharing.OnLogged();
        }
        while (freed is not null);
    }

    /// <summary>The last operation that was committed before an earlier one; the commit point if there is none.</summary>
    private ulong LastOvertaking()
    {
        ulong last = Log.Last;
        while (last > Log.Committed && !Log[last].IsCommitted) last--;
        return last;
    }

    /// <summary>Judges an operation that had to wait for another.</summary>
    private void Judge(in Operation operation, Tick now, Outbox outbox)
    {
        OperationResult result = new(OperationStatus.Unavailable);
        bool isAnswered = !Segment.MayServe(now) || !replica.HasEnoughCopies || Segment.Stream.TryAnswer(operation, now, outbox, out result);
        if (isAnswered) outbox.Reply(operation.Completion, result, replica.Primary.AnswersValidUntil);
    }

    /// <summary>Whether an operation must wait for an earlier one on the same blocks, or for those who cache them.</summary>
    private bool IsStalled(in LogEntry entry)
    {
        bool isStalled = (replica.Primary.CommitsInOrder && Log.Committed + 1 != entry.Sequence) || Sharing.Stalls(entry);
        int head = entry.ChangesLease ? entry.Block : entry.TouchesBlock ? Segment.Store[entry.Block].Head : -1;
        isStalled |= entry.ChangesLease ? _stalledLeases.Contains(head) : _stalledBlocks.Contains(entry.Block) && entry.TouchesBlock && !Mutant.Is(Mutation.FailedComparisonOvertakes);
        if (!isStalled) return false;
        if (head >= 0) _stalledLeases.Add(head);
        if (entry.TouchesBlock) _stalledBlocks.Add(entry.Block);
        return true;
    }
}
