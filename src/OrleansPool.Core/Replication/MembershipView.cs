namespace OrleansPool.Core.Replication;

/// <summary>
/// One version of Orleans' membership. A failure detector, not a fence: nodes may skip versions and learn of them late, and who
/// was declared dead may be alive. "Who has the data" is never computed from it.
/// </summary>
/// <param name="Version">Rises.</param>
/// <param name="Silos">What it says of each silo.</param>
/// <remarks>Immutable.</remarks>
internal sealed record MembershipView(long Version, IReadOnlyDictionary<SiloAddress, SiloState> Silos)
{
    /// <summary>Before any was seen.</summary>
    public static MembershipView None { get; } = new(0, new Dictionary<SiloAddress, SiloState>());

    /// <summary>The silos that take part, in the order of <see cref="Silos"/>: those who were called dead are more with each restart, and asked for seldom.</summary>
    public SiloAddress[] Present { get; } = [.. Silos.Where(silo => silo.Value is SiloState.Active or SiloState.Leaving).Select(silo => silo.Key)];

    /// <summary>What it says of a silo.</summary>
    public SiloState StateOf(SiloAddress silo) => Silos.GetValueOrDefault(silo, SiloState.Absent);

    /// <summary>Whether a silo takes part: it is active or leaving.</summary>
    public bool Counts(SiloAddress silo) => StateOf(silo) is SiloState.Active or SiloState.Leaving;
}
