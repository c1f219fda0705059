// Uses a processor until it is ended.
int main(void)
{
	for (volatile unsigned long i = 0;; i++)
		;
}
