using OrleansPool.Core.Segments;

namespace OrleansPool.Core.Replication;

/// <summary>
/// Gives a segment back that nobody has a lease in: nothing is accepted any more, and then the row says so. If a lease came first, or the
/// row turns out to be unchanged, the segment goes on.
/// </summary>
internal sealed class DeleteDuty(Replica replica)
{
    private bool _isProposed;

    /// <summary>It came to its end, or was given up.</summary>
    public bool IsOver { get; private set; }

    /// <summary>The row was read, and the segment is in it still.</summary>
    public void OnRow() => IsOver |= _isProposed;

    public void Elapse(Outbox outbox)
    {
        Segment segment = replica.Segment;
        if (_isProposed || replica.Primary.IsProposing) return;
        if (segment.LeaseCount > 0)
        {
            IsOver = true;
            return;
        }

        if (segment.Log.Committed != segment.Log.Last) return;
        _isProposed = true;
        SegmentRow next = replica.Row.Next(replica.Standing.View.Version);
        replica.Primary.Propose(next with { State = SegmentState.Deleted, Primary = default, InSync = [], Joiner = default }, outbox);
    }
}
