namespace OrleansPool.Simulation.Tests.Witness;

/// <summary>What a made-up memory does wrong now and then.</summary>
public enum RunBug
{
    None,

    /// <summary>It acknowledges a write and drops it.</summary>
    LosesWrite,

    /// <summary>It reads the version before, and says so.</summary>
    ReadsStale,

    /// <summary>It reads the version before, and says it is the newest.</summary>
    ReadsStaleUnderNewViewstamp,

    /// <summary>It reads half of the version before and half of the newest.</summary>
    TearsRead,

    /// <summary>It does a request again when it is retried.</summary>
    ExecutesTwice,

    /// <summary>It answers the value that a compare-exchange or an addition would have found one change before.</summary>
    AnswersOldValue,

    /// <summary>It says of an operation that ran that it was refused.</summary>
    RefusesWhatRan,
}
