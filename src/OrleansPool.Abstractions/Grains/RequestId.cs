namespace OrleansPool.Grains;

/// <summary>
/// Names one request of one client session, so that a retry gets the first result (RIFL, Lee et al., SOSP 2015).
/// </summary>
/// <param name="Session">The session: the sequence number of the operation that opened it. Zero: the caller never retries.</param>
/// <param name="Number">Number of the request in its session, from 1.</param>
/// <param name="LowestUnanswered">The lowest number whose answer the client still waits for; results below it are forgotten.</param>
/// <remarks>Public for the other assemblies of OrleansPool, and for Orleans, only: it may change in any version.</remarks>
[EditorBrowsable(EditorBrowsableState.Never)]
[GenerateSerializer, Immutable, Alias("OrleansPool.RequestId")]
public readonly record struct RequestId(
    [property: Id(0)] ulong Session,
    [property: Id(1)] ulong Number,
    [property: Id(2)] ulong LowestUnanswered)
{
    /// <summary>
    /// How many results of one session a segment keeps: numbers run ahead of <see cref="LowestUnanswered"/> by less than this.
    /// </summary>
    public const int WindowCount = 128;

    /// <summary>For a caller that never retries.</summary>
    public static RequestId None => default;

    /// <inheritdoc/>
    public override string ToString() => FormattableString.Invariant($"{Session}/{Number}");
}
