namespace OrleansPool.Simulation.Linearizability.Models;

/// <summary>What a key-value store can do.</summary>
public enum KeyValueOperation : byte
{
    /// <summary>Answers a key's value; that of a key never written is empty.</summary>
    Get,

    /// <summary>Sets a key's value.</summary>
    Put,

    /// <summary>Adds to the end of a key's value.</summary>
    Append,
}
