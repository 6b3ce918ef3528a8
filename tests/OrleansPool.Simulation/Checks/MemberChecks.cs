using OrleansPool.Core.Replication;
using OrleansPool.Core.Segments;
using OrleansPool.Simulation.World;

namespace OrleansPool.Simulation.Checks;

/// <summary>
/// What a member of a row must have: everything that is committed, by whomever, with the bytes that the stream leads to. Looked at when something
/// is committed and when a row is written, with the row as the store has it, whatever anybody believes.
/// </summary>
internal sealed class MemberChecks(SimWorld world)
{
    /// <summary>Somebody knows operations up to some sequence to be committed, and nobody knew before.</summary>
    public void OnCommitted(SegmentId segment, ulong sequence)
    {
        if (world.Store.Find(segment) is not { State: SegmentState.Active } row) return;
        foreach (NodeId member in row.InSync) CheckHas(row, member, sequence, "committed");
    }

    /// <summary>A row was written over another.</summary>
    public void OnRow(SegmentRow before, SegmentRow row)
    {
        if (row.State != SegmentState.Active) return;
        ulong last = world.Truth.Find(row.Segment)?.Last ?? 0;
        foreach (NodeId member in row.InSync)
        {
            if (before.Has(member)) continue;
            CheckHas(row, member, last, "committed before it became a member");
            if (Living(member) is { } silo && silo.Node.Segments.TryGetValue(row.Segment, out Segment? copy)) CheckContents(silo, copy);
        }
    }

    /// <summary>Holds the bytes of a copy against those that the stream leads to, where that can be said.</summary>
    public void CheckContents(SimSilo silo, Segment segment)
    {
        if (segment.Replica is not { } replica || world.Truth.Find(segment.Id) is not { } stream) return;

        // Who is not named any more may have received what never was committed, under a sequence that another operation has since; and who is
        // named again, to be made anew, has that copy until it hears of it.
        if (world.Store.Find(segment.Id) is not { } row) return;
        bool isBeingMade = row.Joiner == silo.Id && replica.Role == ReplicaRole.Joiner;
        if (!row.Has(silo.Id) && !isBeingMade) return;

        // Whoever is or was to be primary has committed bytes only, others all that they received.
        bool isPrimary = replica.Role == ReplicaRole.Primary;
        if (segment.Log.Last < stream.Last || (isPrimary && (segment.Log.Committed != stream.Last || segment.Log.Last != stream.Last))) return;
        byte[]?[] images = stream.ImagesAfter(segment.Log);
        for (int block = 0; block < segment.Geometry.BlockCount; block++)
        {
            bool isLeased = (segment.Store[block].Flags & BlockFlags.Leased) != 0;
            byte[]? image = images[block];
            string where = $"segment {segment.Id} on silo {silo.Place} ({replica.Role}): block {block}";
            if (isLeased != image is not null) world.Invariants.Violate($"{where} is {(isLeased ? "" : "not ")}in a lease");
            else if (isLeased && !segment.Store.BytesOf(block).SequenceEqual(image)) world.Invariants.Violate($"{where} has other bytes than those committed");
        }
    }

    private void CheckHas(SegmentRow row, NodeId member, ulong sequence, string what)
    {
        if (Living(member) is not { } silo) return;
        if (!silo.Node.Segments.TryGetValue(row.Segment, out Segment? copy))
        {
            if (sequence > 0) world.Invariants.Violate($"segment {row.Segment}: {world.NameOf(member)} is in sync in epoch {row.Epoch} and has no copy");
        }
        else if (copy.Log.Last < sequence)
        {
            world.Invariants.Violate($"segment {row.Segment}: {world.NameOf(member)} is in sync in epoch {row.Epoch}, has {copy.Log.Last}, and {sequence} was {what}");
        }
    }

    private SimSilo? Living(NodeId member) =>
        world.PlaceOf(member.Silo) is { } place && world.Silos[place] is { IsUp: true } silo && silo.Id == member ? silo : null;
}
