using Microsoft.Extensions.Options;

namespace OrleansPool.Client.Hosting;

/// <summary>Checks <see cref="OrleansPoolClientOptions"/>.</summary>
internal sealed class OrleansPoolClientOptionsValidator : IValidateOptions<OrleansPoolClientOptions>
{
    public ValidateOptionsResult Validate(string? name, OrleansPoolClientOptions options) =>
        ByteSize.TryParse(options.LocalCapacity, out long bytes) && bytes > 0
            ? ValidateOptionsResult.Success
            : ValidateOptionsResult.Fail($"LocalCapacity is '{options.LocalCapacity}': write an amount of memory above zero, such as 64MiB.");
}
