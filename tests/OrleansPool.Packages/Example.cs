using System.Net;
using System.Net.Sockets;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Logging;
using OrleansPool.Client.Hosting;
using OrleansPool.Server.Hosting;

namespace OrleansPool.Packages;

/// <summary>The README's example: a silo that lends memory, and a client of it, both made of packages.</summary>
internal static class Example
{
    public static async Task RunAsync()
    {
        int siloPort = FreePort();
        int gatewayPort = FreePort();
        using IHost silo = Build(services => services.UseOrleans(silo =>
        {
            silo.UseLocalhostClustering(siloPort, gatewayPort);
            silo.AddOrleansPool(o => o.Capacity("64MiB").Pool("frames", p => p.BlockSize("64KiB")));
        }));
        await silo.StartAsync();
        using IHost client = Build(services => services.UseOrleansClient(client =>
        {
            client.UseLocalhostClustering(gatewayPort);
            client.AddOrleansPoolClient();
        }));
        await client.StartAsync();
        await UseAsync(client.Services);
        await client.StopAsync();
        await silo.StopAsync();
    }

    private static async Task UseAsync(IServiceProvider services)
    {
        var fabric = services.GetRequiredService<IMemoryFabric>();
        byte[] bytes = "a frame, or an order"u8.ToArray();
        byte[] buffer = new byte[100];
        const long offset = 4096;
        LeaseToken token = await services.GetRequiredService<IClusterClient>().GetGrain<ICameraGrain>("door").Publish(bytes);

        await using MemoryLease view = await fabric.OpenAsync(token);           // look; AdoptAsync takes it over
        int read = await view.ReadAsync(0, buffer);
        Console.WriteLine($"frame: {read} bytes of pool '{view.Pool}', {(buffer.AsSpan(0, read).SequenceEqual(bytes) ? "as they were" : "others")}");

        await using MemoryRegion orders = await fabric.OpenRegionAsync("orders", createBytes: 1 << 20);
        await orders.WriteAsync(offset, bytes);
        long next = await orders.AddAsync(0, 1);                                // atomic, on aligned 8 bytes
        Console.WriteLine($"orders: {orders.Length} bytes, next is {next}");
        await ChangeLockedAsync(orders);

        await using (Stream stream = orders.AsStream())
        {
            stream.Position = offset;
            await stream.ReadExactlyAsync(buffer.AsMemory(0, bytes.Length));
        }

        Console.WriteLine($"stream: {(buffer.AsSpan(0, bytes.Length).SequenceEqual(bytes) ? "as they were" : "others")}");
        using BlockReservation blocks = await fabric.ReserveAsync(1024);        // of this process
        Console.WriteLine($"local: {TakeAndReturn(blocks)} bytes taken and returned, {blocks.FreeCount} of {blocks.BlockCount} blocks free");
    }

    private static async Task ChangeLockedAsync(MemoryRegion orders)
    {
        byte[] buffer = new byte[100];
        byte[] changed = [2];
        await using RegionLock hold = await orders.LockAsync(0, 4096, LockMode.Exclusive);     // renewed while open, served in order
        int read = await orders.ReadAsync(0, buffer);
        await orders.WriteAsync(0, changed, hold.Fence);                        // refused once somebody else was granted the bytes
        Console.WriteLine($"lock: {read} bytes read, the first was {buffer[0]}");
    }

    private static int TakeAndReturn(BlockReservation blocks)
    {
        int count = 0;
        if (blocks.TryTake(out LocalBlock block, out Span<byte> bytes))         // a few nanoseconds; no lock, no allocation
        {
            count = bytes.Length;
            blocks.Return(block);
        }

        return count;
    }

    private static IHost Build(Action<IHostBuilder> configure)
    {
        IHostBuilder builder = Host.CreateDefaultBuilder().ConfigureLogging(logging => logging.ClearProviders());
        configure(builder);
        return builder.Build();
    }

    private static int FreePort()
    {
        using var listener = new TcpListener(IPAddress.Loopback, 0);
        listener.Start();
        return ((IPEndPoint)listener.LocalEndpoint).Port;
    }
}
