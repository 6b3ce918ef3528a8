namespace OrleansPool.Simulation.World;

/// <summary>Where in its work a silo can be made to stop.</summary>
internal enum PausePoint : byte
{
    /// <summary>A read has come, and nothing of it is done.</summary>
    BeforeCopy,

    /// <summary>Bytes are copied, and not confirmed.</summary>
    BeforeConfirm,

    /// <summary>A step has an answer for some caller, and nothing of what it asks for has left the process.</summary>
    BeforeReply,
}
