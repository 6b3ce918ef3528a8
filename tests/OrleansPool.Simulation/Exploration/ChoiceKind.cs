namespace OrleansPool.Simulation.Exploration;

/// <summary>What may happen next.</summary>
internal enum ChoiceKind : byte
{
    /// <summary>A parcel arrives.</summary>
    Arrival,

    /// <summary>A silo's timer fires.</summary>
    Timer,

    /// <summary>The client asks again for what was not answered.</summary>
    Retry,

    /// <summary>Time passes.</summary>
    Time,

    /// <summary>A silo crashes.</summary>
    Crash,

    /// <summary>Membership declares a silo dead, be it so or not.</summary>
    Verdict,
}
