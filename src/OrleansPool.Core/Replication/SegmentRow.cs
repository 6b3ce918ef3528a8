namespace OrleansPool.Core.Replication;

/// <summary>
/// Who holds a segment: one row of the pool map. It changes only by compare-and-swap of the shard it stands in; everything carries its
/// epoch, and the lower epoch always loses.
/// </summary>
/// <param name="Segment">Which segment. Ids are never reused.</param>
/// <param name="Epoch">The version of the row: one more with each change.</param>
/// <param name="State">Whether it is alive.</param>
/// <param name="Pool">The pool that it belongs to.</param>
/// <param name="WantedCopies">How many in-sync copies there should be.</param>
/// <param name="Primary">The member that accepts operations.</param>
/// <param name="InSync">The members that have every committed operation, the primary among them.</param>
/// <param name="Joiner">A node that is being made a member; default for none. Never electable.</param>
/// <param name="StartsAt">The first sequence of a primary that took over by a planned move; 0 after a takeover from a dead one.</param>
/// <param name="MembershipVersion">The membership view that whoever wrote the row knew. Absence from an older view says nothing.</param>
/// <param name="LostMembers">Who the last members were, in a lost row.</param>
/// <remarks>Immutable.</remarks>
internal sealed record SegmentRow(
    SegmentId Segment, ulong Epoch, SegmentState State, string Pool, int WantedCopies, NodeId Primary, NodeId[] InSync, NodeId Joiner,
    ulong StartsAt, long MembershipVersion, NodeId[] LostMembers)
{
    /// <summary>Whether a node is an in-sync member.</summary>
    public bool Has(NodeId node) => Array.IndexOf(InSync, node) >= 0;

    /// <summary>The row of the next epoch, from which callers go on with what they change.</summary>
    public SegmentRow Next(long membershipVersion) =>
        this with { Epoch = Epoch + 1, StartsAt = 0, MembershipVersion = Math.Max(MembershipVersion, membershipVersion) };

    /// <summary>Some members without one.</summary>
    public static NodeId[] Without(NodeId[] members, NodeId gone) => Array.FindAll(members, member => member != gone);
}
