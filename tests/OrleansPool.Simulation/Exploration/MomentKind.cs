namespace OrleansPool.Simulation.Exploration;

/// <summary>What of a moment that a silo remembers matters within the scope.</summary>
internal enum MomentKind : byte
{
    /// <summary>Which step it is.</summary>
    Any,

    /// <summary>Whether it is now: it is compared with less than a step.</summary>
    Recent,

    /// <summary>Whether it is of the exploration: it is compared with more than all of it.</summary>
    Silence,
}
