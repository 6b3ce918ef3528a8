using OrleansPool.Core.Segments;
using OrleansPool.Core.Wire;

namespace OrleansPool.Core.Replication;

/// <summary>
/// Rule 9: hands a segment to one of its members without anybody waiting out a lease. The receiver first gathers the leases of all others.
/// Then: no new copies in caches, and those that are there are called back, while operations go on; nothing is accepted any more; what is
/// pending is committed; the row is proposed with the receiver as primary from the next sequence on. It opens on seeing the row.
/// </summary>
/// <remarks>Until the outcome is known this node serves nobody; if the row turns out to be unchanged, it goes on.</remarks>
internal sealed class MoveDuty(Replica replica, BackupProgress target, Tick now)
{
    private readonly Tick _begunAt = now;
    private Tick _askedAt;
    private long _calledBack = -1;
    private bool _isReady;
    private bool _isProposed;

    /// <summary>Nothing is accepted any more.</summary>
    public bool IsClosing { get; private set; }

    /// <summary>It came to its end, or was given up.</summary>
    public bool IsOver { get; private set; }

    public void OnReady(NodeId from) => _isReady |= from == target.Node;

    /// <summary>The row was read, and this node is primary in it still.</summary>
    public void OnRow(Tick now) => IsOver |= _isProposed || now > _begunAt;

    public void Elapse(Tick now, Outbox outbox)
    {
        Segment segment = replica.Segment;
        if (_isProposed) return;
        if (now > _begunAt + replica.Standing.Times.Silence || replica.Primary.Find(target.Node) is null)
        {
            IsOver = true;
            IsClosing = false;
            replica.Primary.RefreshRight();
            return;
        }

        if (!_isReady)
        {
            if (now < _askedAt + replica.Standing.Times.Resend) return;
            _askedAt = now;
            outbox.Send(target.Node, new MovePrepare(segment.Id, replica.Row.Epoch));
            return;
        }

        if (replica.Primary.IsProposing) return;
        if (_calledBack < 0 && !Mutant.Is(Mutation.MoveKeepsCopies)) _calledBack = replica.Primary.Sharing.CallBackAll();
        if (!replica.Primary.Sharing.IsCalledBack(_calledBack)) return;
        if (!IsClosing)
        {
            IsClosing = true;
            if (!Mutant.Is(Mutation.MoveKeepsServing)) segment.SetRight(null);
        }

        bool isDrained = segment.Log.Committed == segment.Log.Last || Mutant.Is(Mutation.MoveWithoutDrain);
        if (!isDrained) return;
        _isProposed = true;
        replica.Primary.Propose(
            replica.Row.Next(replica.Standing.View.Version) with { Primary = target.Node, StartsAt = segment.Log.Last + 1 }, outbox);
    }
}
