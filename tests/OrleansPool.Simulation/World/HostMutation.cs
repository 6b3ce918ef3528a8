namespace OrleansPool.Simulation.World;

/// <summary>Mistakes that a host of the core could make, and that a run must notice.</summary>
internal enum HostMutation : byte
{
    /// <summary>None.</summary>
    None,

    /// <summary>An answer is given however late it has become.</summary>
    LateReplies,

    /// <summary>The clock is read before the input is taken.</summary>
    ClockBeforeInput,

    /// <summary>Bytes are used without confirming that they may be.</summary>
    NoConfirm,
}
