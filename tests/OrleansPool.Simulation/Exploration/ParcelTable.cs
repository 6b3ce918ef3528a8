using OrleansPool.Core.Replication;

namespace OrleansPool.Simulation.Exploration;

/// <summary>Every parcel that ever was, once: equal ones have one number.</summary>
internal sealed class ParcelTable
{
    private readonly Dictionary<ulong, int> _numbers = [];
    private readonly List<Parcel> _parcels = [];

    public Parcel this[int number] => _parcels[number];

    public int NumberOf(Parcel parcel)
    {
        ulong print = Fingerprint.Mix((ulong)parcel.To, Fingerprint.Mix(Fingerprint.Of(parcel.From), Fingerprint.Of(parcel.Content)));
        if (parcel.Content is StoreRequest request) print = Fingerprint.Mix(print, (ulong)request.Number);
        if (_numbers.TryGetValue(print, out int number)) return number;
        _numbers.Add(print, number = _parcels.Count);
        _parcels.Add(parcel);
        return number;
    }
}
