using Microsoft.Extensions.Options;
using OrleansPool.Client.Hosting;
using OrleansPool.Client.Routing;
using OrleansPool.Core.Arenas;

namespace OrleansPool.Client.Reservations;

/// <summary>Local memory of an external client: an arena of its own, mapped when it is first asked for.</summary>
internal sealed class ClientReservationSource : IReservationSource, IDisposable
{
    private readonly Lazy<Arena> _arena;

    public ClientReservationSource(IOptions<OrleansPoolClientOptions> options) =>
        _arena = new Lazy<Arena>(() => Arena.Map(new ArenaOptions { CapacityBytes = ByteSize.Parse(options.Value.LocalCapacity) }));

    public ValueTask<BlockReservation> ReserveAsync(int blocks, ReservationOptions options) =>
        Reservation.TryMake(_arena.Value, options.BlockBytes, blocks, options.Owner, out Reservation? reservation)
            ? new ValueTask<BlockReservation>(reservation)
            : throw ReservationErrors.Exhausted(blocks, options, _arena.Value.FreeBytes, "Raise OrleansPoolClientOptions.LocalCapacity.");

    public void Dispose()
    {
        if (_arena.IsValueCreated) _arena.Value.Dispose();
    }
}
