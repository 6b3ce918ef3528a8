namespace OrleansPool.Core.Placement;

/// <summary>What membership says of a silo.</summary>
internal enum PlacementNodeState : byte
{
    /// <summary>It may get copies.</summary>
    Active,

    /// <summary>It serves, and is to be emptied.</summary>
    Leaving,

    /// <summary>It is gone for ever, and its copies with it.</summary>
    Dead,
}
