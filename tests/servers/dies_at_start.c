/* In place of a server: ends before it has done anything. */
int main(void)
{
	return 3;
}
