namespace OrleansPool.Core.Segments;

/// <summary>What a segment makes of a request id.</summary>
internal enum SessionAdmission
{
    /// <summary>Carry it out.</summary>
    Execute,

    /// <summary>It was carried out; answer with the first result.</summary>
    Replay,

    /// <summary>Its session is unknown or closed, or its result was forgotten: whether it ran cannot be told.</summary>
    Indeterminate,

    /// <summary>It is too far ahead of the lowest unanswered one.</summary>
    TooManyOutstanding,
}
