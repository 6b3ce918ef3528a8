namespace OrleansPool.Core.Placement;

/// <summary>What a step does to a segment.</summary>
internal enum PlacementStepKind : byte
{
    /// <summary>The node becomes the joiner: it is filled, and joins the in-sync members.</summary>
    StartJoin,

    /// <summary>The node, an in-sync member, becomes the primary. No bytes move.</summary>
    MovePrimary,

    /// <summary>The node leaves the in-sync members.</summary>
    RemoveCopy,
}
