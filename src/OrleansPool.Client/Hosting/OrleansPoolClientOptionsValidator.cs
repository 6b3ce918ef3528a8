using Microsoft.Extensions.Options;

namespace OrleansPool.Client.Hosting;

/// <summary>Checks <see cref="OrleansPoolClientOptions"/>: every failure names the value and the rule.</summary>
internal sealed class OrleansPoolClientOptionsValidator : IValidateOptions<OrleansPoolClientOptions>
{
    public ValidateOptionsResult Validate(string? name, OrleansPoolClientOptions options)
    {
        List<string> failures = [];
        if (!ByteSize.TryParse(options.LocalCapacity, out long bytes) || bytes <= 0)
        {
            failures.Add($"LocalCapacity is '{options.LocalCapacity}': write an amount of memory above zero, such as 64MiB.");
        }

        if (options.CallPatience < TimeSpan.Zero) failures.Add($"CallPatience is {options.CallPatience}: it is zero (one attempt) or more.");
        return failures.Count == 0 ? ValidateOptionsResult.Success : ValidateOptionsResult.Fail(failures);
    }
}
