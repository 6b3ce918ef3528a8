namespace OrleansPool.Core.Placement;

/// <summary>Why a round of the rebalancing plan has the steps it has, or none.</summary>
internal enum RebalancingOutcome : byte
{
    /// <summary>There are steps.</summary>
    Steps,

    /// <summary>Every segment has its copies, and nothing is uneven by more than the bands.</summary>
    Settled,

    /// <summary>What is to be done waits for copies or moves that are under way.</summary>
    UnderWay,

    /// <summary>No node lives.</summary>
    NoNode,

    /// <summary>Nodes live, and all of them leave.</summary>
    AllLeaving,

    /// <summary>Copies are missing, and every active node has one already.</summary>
    TooFewNodes,

    /// <summary>Copies are missing, and no active node without one has the room.</summary>
    NoRoom,
}
