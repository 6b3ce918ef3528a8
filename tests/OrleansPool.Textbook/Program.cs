using System.Net;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Logging;
using OrleansPool;
using OrleansPool.Server.Hosting;
using OrleansPool.Textbook;

const int firstPort = 11611;
using IHost first = await StartAsync(0, null);
using IHost second = await StartAsync(1, new IPEndPoint(IPAddress.Loopback, firstPort));

// The silos tell each other their load a few times a second: wait until the first knows the second.
IMemoryFabric fabric = first.Services.GetRequiredService<IMemoryFabric>();
while ((await fabric.DescribeAsync()).Nodes.Count < 2) await Task.Yield();

await TextbookProgram.RunAsync(fabric, second.Services.GetRequiredService<IMemoryFabric>(), Console.Out);
await second.StopAsync();
await first.StopAsync();

static async Task<IHost> StartAsync(int number, IPEndPoint? primary)
{
    HostApplicationBuilder builder = Host.CreateApplicationBuilder();
    builder.Logging.ClearProviders();
    builder.UseOrleans(silo => silo
        .UseLocalhostClustering(firstPort + number, 30611 + number, primary)
        .AddOrleansPool(TextbookProgram.Configure));
    IHost host = builder.Build();
    await host.StartAsync();
    return host;
}
