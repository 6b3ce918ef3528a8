namespace OrleansPool.Simulation.Witness;

/// <summary>How an operation ended for its client.</summary>
public enum WitnessedOutcome : byte
{
    /// <summary>No answer: it may take effect at any time, or never.</summary>
    Unknown,

    /// <summary>Done.</summary>
    Ok,

    /// <summary>It ran, and its comparison failed.</summary>
    Mismatch,

    /// <summary>It certainly has no effect, whatever the reason.</summary>
    Refused,
}
