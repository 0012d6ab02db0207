using System.ComponentModel.DataAnnotations;

namespace NewsPlatform.Notifications.Jobs;

/// <summary>A schedule of retries in options, as <see cref="Durations"/> reads it.</summary>
[AttributeUsage(AttributeTargets.Property)]
public sealed class RetryScheduleAttribute : ValidationAttribute
{
    protected override ValidationResult? IsValid(object? value, ValidationContext validationContext)
    {
        try
        {
            Durations.Parse((string)value!);
            return null;
        }
        catch (FormatException fault)
        {
            return new(fault.Message, [validationContext.MemberName!]);
        }
    }
}
