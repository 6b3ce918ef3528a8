namespace OrleansPool.Simulation.Exploration;

/// <summary>One thing that may happen next.</summary>
/// <param name="Kind">What.</param>
/// <param name="What">The number of the parcel, or the place of the silo.</param>
internal readonly record struct Choice(ChoiceKind Kind, int What = 0)
{
    /// <summary>As one number, for tables of millions.</summary>
    public int Packed => ((int)Kind << 28) | What;

    public static Choice Unpack(int packed) => new((ChoiceKind)(packed >> 28), packed & 0xFFFFFFF);

    /// <summary>In words.</summary>
    public string Tell(ParcelTable parcels) => Kind switch
    {
        ChoiceKind.Arrival => parcels[What].ToString(),
        ChoiceKind.Timer => $"silo {What}: its timer fires",
        ChoiceKind.Retry => "the client asks again",
        ChoiceKind.Time => "a step of time passes",
        ChoiceKind.Crash => $"silo {What} crashes",
        _ => $"membership declares silo {What} dead",
    };
}
