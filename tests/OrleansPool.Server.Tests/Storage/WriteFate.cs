namespace OrleansPool.Server.Tests.Storage;

/// <summary>What becomes of a write to storage.</summary>
public enum WriteFate
{
    /// <summary>It is carried out, and its caller hears so.</summary>
    Answered,

    /// <summary>It is carried out, and its caller hears nothing.</summary>
    AnswerLost,

    /// <summary>It never arrives.</summary>
    Dropped,

    /// <summary>It arrives later, if its ETag still holds then.</summary>
    Late,

    /// <summary>Earlier writes that were late arrive just before it.</summary>
    OvertakenByEarlier,
}
