using System.Buffers;
using Microsoft.AspNetCore.Connections;

namespace OrleansPool.Server.Tests.Faces;

/// <summary>
/// A reservation as Kestrel's own pool: what sockets receive goes straight into reserved blocks. Kestrel's sockets (.NET 10) send native memory only as
/// long as what they send lies in one block, so this is for small answers; <see cref="ReservedConnection"/> is for any.
/// </summary>
internal sealed class ReservedPools(BlockReservation reservation) : IMemoryPoolFactory<byte>
{
    public MemoryPool<byte> Create(MemoryPoolOptions? options = null) => reservation.AsMemoryPool();
}
