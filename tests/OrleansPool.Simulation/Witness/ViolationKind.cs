namespace OrleansPool.Simulation.Witness;

/// <summary>What a witness can find wrong.</summary>
public enum ViolationKind : byte
{
    /// <summary>Two operations of a stream have one viewstamp.</summary>
    ViewstampReused,

    /// <summary>Two clients' operations have one request id: the run itself is wrong.</summary>
    RequestReused,

    /// <summary>One request is in the stream twice.</summary>
    ExecutedTwice,

    /// <summary>The stream has an operation that nobody asked for.</summary>
    NobodyAsked,

    /// <summary>A client was told that an operation ran which is not in the stream.</summary>
    NeverExecuted,

    /// <summary>A client was told that an operation has no effect, and it is in the stream.</summary>
    RefusedButExecuted,

    /// <summary>What the stream has is not what the client asked for.</summary>
    RequestDiffers,

    /// <summary>What the client was told is not the result in the stream.</summary>
    ReplyDiffers,

    /// <summary>The result in the stream is not what the operations before it lead to.</summary>
    ResultDiffers,

    /// <summary>An operation reaches beyond its block.</summary>
    OutOfBounds,

    /// <summary>An operation of an old generation is in the stream after one of a newer generation.</summary>
    OldGeneration,

    /// <summary>A read returned other bytes than its viewstamp has.</summary>
    WrongBytes,

    /// <summary>What ended before something began comes after it in the stream.</summary>
    OutOfOrder,

    /// <summary>An operation on a lost segment did not fail.</summary>
    ServedThoughLost,
}
