using System.Collections.Immutable;

namespace OrleansPool.Core.Placement;

/// <summary>A segment as the rebalancing plan sees it. Nodes are indices into <see cref="PlacementState.Nodes"/>.</summary>
/// <param name="Id">The segment.</param>
/// <param name="Bytes">What a copy takes.</param>
/// <param name="WantedCopies">How many copies its pool wants, at least 1.</param>
/// <param name="Primary">The primary.</param>
/// <param name="InSync">The primary and the full backups, in the order in which they joined: the newest last.</param>
/// <param name="Joiner">Who is being filled; <see cref="NoNode"/> for nobody.</param>
/// <param name="IsMoving">Whether a change of the primary, or of the members, is under way.</param>
/// <param name="Load">The part of the primary's load that goes with the segment.</param>
internal readonly record struct PlacementSegment(
    SegmentId Id, long Bytes, int WantedCopies, int Primary, ImmutableArray<int> InSync, int Joiner = PlacementSegment.NoNode, bool IsMoving = false, double Load = 0)
{
    /// <summary>No node.</summary>
    public const int NoNode = -1;
}
