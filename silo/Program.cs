using System.Net;
using System.Net.Sockets;
using Microsoft.AspNetCore.Builder;
using Microsoft.Extensions.Configuration;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Logging;
using Microsoft.Extensions.Options;
using Orleans.Configuration;
using OrleansPool;
using OrleansPool.Dashboard.Hosting;
using OrleansPool.Server.Hosting;
using OrleansPool.Server.Nodes;
using OrleansPool.Silo;
using OrleansPool.Silo.Hosting;
using StackExchange.Redis;

const int ExitFailed = 1;

WebApplicationBuilder builder = WebApplication.CreateBuilder(new WebApplicationOptions { Args = args, ContentRootPath = AppContext.BaseDirectory });
builder.Logging.AddSimpleConsole(console => console.SingleLine = true);
builder.Services.Configure<Microsoft.Extensions.Logging.Console.ConsoleLoggerOptions>(
    console => console.LogToStandardErrorThreshold = LogLevel.Trace);

// What fails at the start is told once, in one line, at the end; the same failure as each layer logs it would hide that line.
bool isStarted = false;
foreach (string category in new[] { "Orleans", "Microsoft.Extensions.Hosting", "Microsoft.AspNetCore", "Microsoft.Hosting" })
{
    if (builder.Configuration[$"Logging:LogLevel:{category}"] is null)
    {
        builder.Logging.AddFilter(category, level => isStarted && level >= LogLevel.Warning);
    }
}

try
{
    SiloSettings settings = builder.Configuration.GetSection(SiloSettings.Section).Get<SiloSettings>() ?? new SiloSettings();
    if (PortInUse(settings) is { } taken)
    {
        await Console.Error.WriteLineAsync($"The silo did not start: {taken}");
        return ExitFailed;
    }

    builder.UseOrleans(silo => Configure(silo, settings));
    builder.UseSiloWeb(ParseAddress(nameof(settings.DashboardAddress), settings.DashboardAddress), settings.DashboardPort);
    builder.AddSiloTelemetry(settings.NodeName);
    await using WebApplication host = builder.Build();
    host.MapSiloWeb();
    await host.StartAsync();
    isStarted = true;
    Announce(host.Services.GetRequiredService<NodeHost>(), settings);
    await host.WaitForShutdownAsync();
    Console.WriteLine("silo stopped");
    return 0;
}
catch (Exception e) when (Cause(e) is { } cause)
{
    await Console.Error.WriteLineAsync($"The silo did not start: {cause}");
    return ExitFailed;
}

static void Configure(ISiloBuilder silo, SiloSettings settings)
{
    silo.Configure<ClusterOptions>(cluster =>
    {
        cluster.ClusterId = settings.ClusterId;
        cluster.ServiceId = settings.ServiceId;
    });
    silo.ConfigureEndpoints(ParseAddress(nameof(settings.Address), settings.Address), settings.SiloPort, settings.GatewayPort);
    if (settings.NodeName is { } name) silo.Configure<SiloOptions>(options => options.SiloName = name);
    if (settings.ProbeTimeout is { } probe)
    {
        silo.Configure<ClusterMembershipOptions>(membership =>
        {
            membership.ProbeTimeout = probe;
            membership.MaxProbeTimeout = probe;
            membership.NumMissedProbesLimit = 2;
        });
    }

    if (settings.Redis is { } redis)
    {
        ConfigurationOptions connection = ConfigurationOptions.Parse(redis);
        silo.UseRedisClustering(options => options.ConfigurationOptions = connection);
        silo.AddRedisGrainStorage(OrleansPoolOptions.StorageName, options => options.ConfigurationOptions = connection);
    }
    else
    {
        silo.UseLocalhostClustering(settings.SiloPort, settings.GatewayPort, null, settings.ServiceId, settings.ClusterId);
    }

    silo.AddActivityPropagation().AddPoolDashboard();
    silo.AddOrleansPool(pool =>
    {
        pool.Options.Capacity = settings.Capacity;
        pool.Options.SpillFile = settings.SpillFile;
        pool.Options.SpillCapacity = settings.SpillCapacity;
        pool.Options.NodeName = settings.NodeName;
        pool.Options.AllowVolatileNames = settings.AllowVolatileNames;
        pool.Options.ServesData = settings.ServesData;
        pool.Options.DataPort = settings.DataPort;
        pool.Options.DataAddress = settings.DataAddress;
        pool.Options.DataAdvertisedHost = settings.DataAdvertisedHost;
        pool.Options.DataKey = settings.DataKey;
        pool.Options.DataCertificateFile = settings.DataCertificateFile;
        pool.Options.DataCertificateKeyFile = settings.DataCertificateKeyFile;
        pool.Options.DataAuthorityFile = settings.DataAuthorityFile;
        if (settings.OrphanInterval is { } orphans) pool.Options.OrphanInterval = orphans;
        foreach (PoolOptions options in settings.Pools) pool.Options.Pools.Add(options);
    });
}

static IPAddress ParseAddress(string name, string text) => IPAddress.TryParse(text, out IPAddress? address)
    ? address
    : throw new OrleansConfigurationException($"{name} is '{text}': write an IP address, such as 127.0.0.1.");

// Orleans says only that it could not bind; which of the ports it was helps more.
static string? PortInUse(SiloSettings settings)
{
    IPAddress address = ParseAddress(nameof(settings.Address), settings.Address);
    IPAddress web = ParseAddress(nameof(settings.DashboardAddress), settings.DashboardAddress);
    return PortProblem(nameof(settings.SiloPort), address, settings.SiloPort)
        ?? PortProblem(nameof(settings.GatewayPort), address, settings.GatewayPort)
        ?? (settings.DashboardPort == 0 ? null : PortProblem(nameof(settings.DashboardPort), web, settings.DashboardPort));
}

static string? PortProblem(string name, IPAddress address, int port)
{
    if (port is < 1 or > IPEndPoint.MaxPort) return $"{name} is {port}: a port is from 1 to {IPEndPoint.MaxPort}.";
    using var socket = new Socket(address.AddressFamily, SocketType.Stream, ProtocolType.Tcp);
    try
    {
        socket.Bind(new IPEndPoint(address, port));
        return null;
    }
    catch (SocketException e)
    {
        return $"{name} {port} on {address} cannot be used: {e.Message}. Is another silo running? Choose another with --OrleansPool:{name}.";
    }
}

static void Announce(NodeHost node, SiloSettings settings)
{
    string gateway = $"{settings.Address}:{settings.GatewayPort}";
    string tool = settings.GatewayPort == new SiloSettings().GatewayPort ? "" : $" --gateway {gateway}";
    NodeReport report = node.Describe();
    Console.WriteLine($"OrleansPool node {node.Name} at {settings.Address}:{settings.SiloPort}, gateway {gateway}, cluster {settings.ClusterId}");
    Console.WriteLine($"  memory   {ByteSize.Format(node.CapacityBytes)} mapped and resident in {node.StartDuration.TotalSeconds:0.00} s");
    Console.WriteLine($"  pools    {string.Join(", ", report.Pools.Select(pool => $"{pool.Name} ({ByteSize.Format(pool.BlockBytes)} blocks)"))}");
    Console.WriteLine(settings.Redis is { } redis
        ? $"  cluster  membership and names in Redis at {redis}"
        : "  cluster  one silo on its own; names of regions live as long as it does");
    Console.WriteLine(node.DataEndpoint is { } data
        ? $"  data     port {data}{(settings.DataCertificateFile is null ? "" : ", by TLS")}"
        : "  data     by grain calls only");
    Console.WriteLine(settings.DashboardPort == 0
        ? "  web      off: no dashboard, health or metrics"
        : $"  web      dashboard http://{settings.DashboardAddress}:{settings.DashboardPort}/pool, health /health/ready, metrics /metrics");
    Console.WriteLine("  copies   one: when this silo dies its memory is lost, and every use of it says so");
    Console.WriteLine("silo ready");
    Console.WriteLine("Try in another terminal:");
    Console.WriteLine($"  dotnet run --project src/OrleansPool.Cli -- status{tool}");
    Console.WriteLine($"  dotnet run --project src/OrleansPool.Cli -- put README.md readme{tool}");
    Console.WriteLine("Stop with Ctrl+C.");
}

// What a person can mend is said in one line; anything else keeps its stack trace.
static string? Cause(Exception e) => e switch
{
    OptionsValidationException options => string.Join(" ", options.Failures),
    RedisConnectionException => "Redis does not answer. Start it, or name another with --OrleansPool:Redis HOST:PORT.",
    PoolException or OrleansConfigurationException or SocketException or FormatException => e.Message,
    InvalidOperationException or ArgumentException when e.Source?.StartsWith("Microsoft.Extensions.Configuration", StringComparison.Ordinal) == true => e.Message,
    { InnerException: { } inner } => Cause(inner),
    _ => null,
};
