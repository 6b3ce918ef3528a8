namespace OrleansPool.Core.Replication;

/// <summary>What membership says of a silo.</summary>
internal enum SiloState : byte
{
    /// <summary>The view does not list it.</summary>
    Absent,

    /// <summary>On its way in.</summary>
    Joining,

    /// <summary>A member.</summary>
    Active,

    /// <summary>On its way out; alive until it is dead.</summary>
    Leaving,

    /// <summary>Declared dead, for ever.</summary>
    Dead,
}
